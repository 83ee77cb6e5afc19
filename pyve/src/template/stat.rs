//! What the file system says of a file, in the numbers of an inventory.

use std::fs::Metadata;
use std::time::SystemTime;

/// When the content was changed, in nanoseconds since 1970.
pub fn modified(metadata: &Metadata) -> u64 {
    let time = metadata.modified().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    time.and_then(|time| u64::try_from(time.as_nanos()).ok()).unwrap_or_default()
}

/// When anything of the file was changed, in nanoseconds since 1970.
#[cfg(unix)]
pub fn changed(metadata: &Metadata) -> i64 {
    use std::os::unix::fs::MetadataExt;
    metadata.ctime().wrapping_mul(1_000_000_000).wrapping_add(metadata.ctime_nsec())
}

/// Windows does not tell.
#[cfg(not(unix))]
pub fn changed(_: &Metadata) -> i64 {
    0
}

/// The mode without the kind of file.
#[cfg(unix)]
pub fn mode(metadata: &Metadata) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7777
}

#[cfg(not(unix))]
pub fn mode(_: &Metadata) -> u32 {
    0
}
