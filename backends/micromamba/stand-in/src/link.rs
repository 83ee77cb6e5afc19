//! Putting packages into a prefix: fetched from their channel, verified, unpacked, written down.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::channel::sha256;
use crate::record::Record;

/// Links all of them, or says the line that micromamba would.
pub fn link(records: &[Record], prefix: &Path) -> Result<(), String> {
    let said = |error: std::io::Error| format!("critical libmamba {error}");
    fs::create_dir_all(prefix.join("conda-meta")).map_err(said)?;
    fs::write(prefix.join("conda-meta/history"), "").map_err(said)?;
    // All are verified before any is unpacked.
    let archives = records.iter().map(fetch).collect::<Result<Vec<_>, _>>()?;
    let python = records.iter().find(|record| record.name == "python").map(|record| series(&record.version));
    for (record, bytes) in records.iter().zip(archives) {
        let files = unpack(record, &bytes, prefix, python.as_deref()).map_err(said)?;
        let mut entry = record.entry.clone();
        entry["channel"] = json!(record.channel);
        entry["fn"] = json!(record.file);
        entry["url"] = json!(record.url);
        entry["files"] = json!(files);
        let name = format!("conda-meta/{}-{}-{}.json", record.name, record.version, record.build);
        // Over several lines, as the real one writes it.
        let text = serde_json::to_string_pretty(&entry).map_err(|error| said(error.into()))?;
        fs::write(prefix.join(name), text).map_err(said)?;
    }
    Ok(())
}

fn series(version: &str) -> String {
    version.rsplit_once('.').map_or(version, |(series, _)| series).to_owned()
}

fn fetch(record: &Record) -> Result<Vec<u8>, String> {
    let path = record.url.strip_prefix("file://").map(PathBuf::from).unwrap_or_else(|| PathBuf::from(&record.url));
    let bytes = fs::read(&path)
        .map_err(|_| format!("critical libmamba Download error (37) Couldn't read a file:// file [{}]", record.url))?;
    let (actual, expected) = (sha256(&bytes), record.entry["size"].as_u64());
    if let Some(expected) = expected.filter(|size| *size != bytes.len() as u64) {
        return Err(format!(
            "error    libmamba File not valid: file size doesn't match expectation \"{}\"\n\
             \x20   Expected: {expected}\n\x20   Actual: {}\n\x20   \n\
             critical libmamba Found incorrect downloads. Aborting",
            cached(&record.file),
            bytes.len(),
        ));
    }
    if !record.sha256.is_empty() && actual != record.sha256 {
        return Err(format!(
            "error    libmamba File not valid: SHA256 doesn't match expectation \"{}\"\n\
             \x20   Expected: {}\n\x20   Actual: {actual}\n\x20   \n\
             critical libmamba Found incorrect downloads. Aborting",
            cached(&record.file),
            record.sha256
        ));
    }
    Ok(bytes)
}

/// Where the file would be among the packages that are kept.
fn cached(file: &str) -> String {
    let root = std::env::var("MAMBA_ROOT_PREFIX").unwrap_or_default();
    format!("{root}/pkgs/{file}")
}

fn unpack(record: &Record, bytes: &[u8], prefix: &Path, python: Option<&str>) -> std::io::Result<Vec<String>> {
    let mut archive = tar::Archive::new(bzip2::read::BzDecoder::new(bytes));
    let mut files = Vec::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        if path == "info/link.json" {
            let mut text = String::new();
            entry.read_to_string(&mut text)?;
            files.extend(entry_points(&text, prefix)?);
        }
        if path.starts_with("info/") {
            continue;
        }
        let place = match (record.is_noarch_python(), path.strip_prefix("site-packages/")) {
            (true, Some(rest)) => format!("lib/python{}/site-packages/{rest}", python.unwrap_or("3")),
            _ => path,
        };
        if let Some(parent) = prefix.join(&place).parent() {
            fs::create_dir_all(parent)?;
        }
        entry.unpack(prefix.join(&place))?;
        files.push(place);
    }
    Ok(files)
}

fn entry_points(link: &str, prefix: &Path) -> std::io::Result<Vec<String>> {
    let link: Value = serde_json::from_str(link).map_err(std::io::Error::other)?;
    let mut files = Vec::new();
    for point in link["noarch"]["entry_points"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let Some((name, (module, function))) =
            point.split_once('=').and_then(|(name, rest)| Some((name.trim(), rest.trim().split_once(':')?)))
        else {
            continue;
        };
        let first = function.split('.').next().unwrap_or(function);
        let python = prefix.join("bin/python").display().to_string();
        // A shebang cannot hold a space, nor be long.
        let shebang = match python.contains(' ') || python.len() > 125 {
            true => format!("#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\" #'''"),
            false => format!("#!{python}"),
        };
        let text = format!(
            "{shebang}\nimport sys\nfrom {module} import {first}\nif __name__ == '__main__':\n    sys.exit({function}())\n"
        );
        fs::create_dir_all(prefix.join("bin"))?;
        let path = prefix.join("bin").join(name);
        fs::write(&path, text)?;
        make_executable(&path)?;
        files.push(format!("bin/{name}"));
    }
    Ok(files)
}

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}
