//! What an answer must keep beyond its type: one set of rules for answers as they arrive and for `pyve plugin check`.
//!
//! Where something may be written is not said here: that is for the one gate of paths, and settings of the user's can be
//! the reason as well.

mod bounds;
mod creation;
mod description;
mod detection;
mod error;
mod faults;
mod finding;
mod id;
mod inspection;
mod launch;
mod optional;
mod recipe;
mod step;
mod tool;

#[cfg(test)]
mod tests;

use std::path::Path;

use pyve_plugin_api::Description;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use bounds::MESSAGE;
pub use error::{lines, readable};
pub use faults::Faults;
pub use id::{is_id, nearest_id};

/// Who answers, and about which project.
pub struct Subject<'a> {
    pub description: &'a Description,
    pub project: &'a Path,
}

/// An answer with rules of its own.
pub trait Answer: DeserializeOwned {
    /// Adds what is wrong with it.
    fn validate(&self, subject: &Subject<'_>, faults: &mut Faults);
}

/// Reads an answer; one with any fault is none.
pub fn read<T: Answer>(value: Value, subject: &Subject<'_>) -> Result<T, Vec<String>> {
    let answer: T = sized(value)?;
    let mut faults = Faults::default();
    answer.validate(subject, &mut faults);
    faults.none_or(answer)
}

/// Reads what a backend says of itself.
pub fn description(value: Value) -> Result<Description, Vec<String>> {
    let description: Description = sized(value)?;
    let mut faults = Faults::default();
    description::validate(&description, &mut faults);
    faults.none_or(description)
}

fn sized<T: DeserializeOwned>(value: Value) -> Result<T, Vec<String>> {
    let mut faults = Faults::default();
    bounds::check(&value, &mut faults);
    faults.none_or(())?;
    typed(&value).map_err(|why| vec![format!("it is not of the right type: {why}")])
}

/// What is written down of an answer, by way of its text for the same reason as in [`typed`].
pub fn value(answer: &impl Serialize) -> serde_json::Result<Value> {
    serde_json::from_str(&serde_json::to_string(answer)?)
}

/// Reads a value by way of its text, so that each type of the contract has one reader, of text: a second one of values would be a
/// twentieth of the whole program. Errors are without a place, which nobody could look up.
pub fn typed<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    let text = serde_json::to_string(value).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| {
        let told = error.to_string();
        told.rsplit_once(" at line ").map_or_else(|| told.clone(), |(why, _)| why.to_owned())
    })
}
