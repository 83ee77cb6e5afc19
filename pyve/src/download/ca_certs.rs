//! The certificate authorities that are trusted: the platform's, and those the user names.

use std::path::Path;

use pyve_formats::read::{self, Limit};
use rustls_native_certs::{load_certs_from_paths, load_native_certs};
use ureq::tls::{Certificate, PemItem, RootCerts, parse_pem};

use super::fetch_error::{FetchError, Retry};
use crate::caller::Caller;

/// `SSL_CERT_FILE` and `SSL_CERT_DIR` replace the platform's, as everywhere; `PYVE_CA_FILE` adds to
/// them. A system without any gets the list of Mozilla that is compiled in.
pub fn trusted(caller: &Caller) -> Result<RootCerts, FetchError> {
    let named = |variable: &str| caller.nonempty(variable).map(|path| caller.folder().join(path));
    let (file, folder) = (named("SSL_CERT_FILE"), named("SSL_CERT_DIR"));
    let mut roots: Vec<Certificate<'static>> = match (&file, &folder) {
        (None, None) => certificates(load_native_certs().certs),
        (Some(file), None) => of_file("SSL_CERT_FILE", file)?,
        (_, Some(folder)) => of_folder(file.as_deref(), folder)?,
    };
    if let Some(file) = named("PYVE_CA_FILE") {
        roots.extend(of_file("PYVE_CA_FILE", &file)?);
    }
    Ok(if roots.is_empty() { RootCerts::WebPki } else { RootCerts::from(roots) })
}

fn certificates(found: Vec<impl AsRef<[u8]>>) -> Vec<Certificate<'static>> {
    found.iter().map(|der| Certificate::from_der(der.as_ref()).to_owned()).collect()
}

fn of_file(variable: &str, path: &Path) -> Result<Vec<Certificate<'static>>, FetchError> {
    let text = read::bytes(path, Limit::PROJECT).map_err(|error| wrong(variable, path, &error.reason()))?;
    let text = text.ok_or_else(|| wrong(variable, path, "no such file or directory"))?;
    let found: Vec<_> = parse_pem(&text)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if found.is_empty() { Err(wrong(variable, path, "it holds no certificate in PEM form")) } else { Ok(found) }
}

fn of_folder(file: Option<&Path>, folder: &Path) -> Result<Vec<Certificate<'static>>, FetchError> {
    let found = certificates(load_certs_from_paths(file, Some(folder)).certs);
    if found.is_empty() { Err(wrong("SSL_CERT_DIR", folder, "it holds no certificate")) } else { Ok(found) }
}

fn wrong(variable: &str, path: &Path, why: &str) -> FetchError {
    let reason = format!("could not read the certificates that {variable} names, {}: {why}", path.display());
    FetchError::new(Retry::Never, reason, format!("correct or unset {variable}")).about_this_computer()
}
