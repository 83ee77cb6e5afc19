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

    /// For what a question would only be the better for: nobody waits longer to be asked it.
    pub const SOON: Self = Self {
        connect: Duration::from_secs(3),
        stall: Duration::from_secs(3),
        whole: Duration::from_secs(5),
        ..Self::DEFAULT
    };

    /// The defaults, or `PYVE_HTTP_TIMEOUT` seconds for a connection and for every silence.
    pub fn from_variables(caller: &Caller) -> Result<Self, Failure> {
        let limit = caller.timeout(VARIABLE)?;
        Ok(limit.map_or(Self::DEFAULT, |limit| Self { connect: limit, stall: limit, ..Self::DEFAULT }))
    }
}
