//! How long the network may take.

use std::time::Duration;

use crate::caller::Caller;
use crate::failure::Failure;

const VARIABLE: &str = "PYVE_HTTP_TIMEOUT";

/// The limits in time of one request.
#[derive(Clone, Copy)]
pub struct Timeouts {
    /// Until the connection stands.
    pub connect: Duration,
    /// Until the next bytes come.
    pub stall: Duration,
    /// Until all of it is there.
    pub whole: Duration,
    /// Before the second try; the third waits three times as long.
    pub pause: Duration,
}

impl Timeouts {
    const DEFAULT: Self = Self {
        connect: Duration::from_secs(15),
        stall: Duration::from_secs(30),
        whole: Duration::from_secs(3600),
        pause: Duration::from_millis(500),
    };

    /// The defaults, or `PYVE_HTTP_TIMEOUT` seconds for a connection and for every silence.
    pub fn from_variables(caller: &Caller) -> Result<Self, Failure> {
        let Some(value) = caller.nonempty(VARIABLE) else { return Ok(Self::DEFAULT) };
        let seconds = value.to_str().and_then(|text| text.trim().parse::<f64>().ok());
        match seconds.filter(|seconds| (0.001..=86_400.0).contains(seconds)) {
            Some(seconds) => {
                let limit = Duration::from_secs_f64(seconds);
                Ok(Self { connect: limit, stall: limit, ..Self::DEFAULT })
            }
            None => Err(Failure::usage(format!("{VARIABLE} is no number of seconds: {}", value.to_string_lossy()))
                .remedy(format!("set it to seconds, for example {VARIABLE}=60, or unset it"))),
        }
    }
}

/// A time limit in words: `30 seconds`, `0.2 seconds`, `1 second`.
pub fn words(limit: Duration) -> String {
    let seconds = limit.as_secs_f64();
    if seconds == 1.0 { "1 second".to_owned() } else { format!("{seconds} seconds") }
}
