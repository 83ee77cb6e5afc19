//! An environment that is recreated or removed while commands run in it, and where it cannot leave its place.

mod beside;
#[cfg(target_os = "linux")]
mod mounted;
