//! The user's own time limits: variables that hold seconds.

use std::time::Duration;

use super::Caller;
use crate::failure::Failure;

impl Caller {
    /// The time limit that the variable sets; `None` where it is unset or empty.
    pub fn timeout(&self, name: &str) -> Result<Option<Duration>, Failure> {
        let Some(value) = self.nonempty(name) else { return Ok(None) };
        let seconds = value.to_str().and_then(|text| text.trim().parse::<f64>().ok());
        match seconds.filter(|seconds| (0.001..=86_400.0).contains(seconds)) {
            Some(seconds) => Ok(Some(Duration::from_secs_f64(seconds))),
            None => Err(Failure::usage(format!("{name} is no number of seconds: {}", value.to_string_lossy()))
                .remedy(format!("set it to seconds, for example {name}=60, or unset it"))),
        }
    }
}

/// A time limit in words: `30 seconds`, `0.2 seconds`, `1 second`.
pub fn seconds(limit: Duration) -> String {
    let seconds = limit.as_secs_f64();
    if seconds == 1.0 { "1 second".to_owned() } else { format!("{seconds} seconds") }
}
