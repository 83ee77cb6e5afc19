//! An error as a backend returns it: it is told even where it is untidy, in lines that cannot be taken for pyve's own.

use pyve_plugin_api::{ErrorBody, Remedy};

use super::faults::Faults;
use super::recipe;
use crate::config::printable;

/// The most lines that are told.
const LINES: usize = 100;

/// The most letters of a line.
const LETTERS: usize = 4000;

/// The error in printable lines, or what is wrong with it.
pub fn readable(mut error: ErrorBody) -> Result<ErrorBody, Vec<String>> {
    let mut faults = Faults::default();
    faults.unless(!error.message.trim().is_empty(), || "the error has no message".to_owned());
    faults.remedy("the remedy of the error", &Remedy { text: "".into(), ..error.remedy.clone() });
    error.recipes.iter().for_each(|recipe| recipe::validate(recipe, &mut faults));
    faults.none_or(())?;
    let mut message = lines(&error.message);
    let details: Vec<String> =
        message.split_off(1).into_iter().chain(error.details.iter().flat_map(|text| lines(text))).collect();
    error.message = message.remove(0).into();
    error.details = details.into_iter().take(LINES).map(Into::into).collect();
    error.remedy.text = lines(&error.remedy.text).join(" ").into();
    Ok(error)
}

/// The lines of a text that have something in them, each printable, none too long and not too many.
pub fn lines(text: &str) -> Vec<String> {
    let text = text.replace('\t', "    ");
    let filled = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    filled.take(LINES).map(|line| printable(&line.chars().take(LETTERS).collect::<String>())).collect()
}
