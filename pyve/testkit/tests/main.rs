//! The kit as tests use it: worlds, documents that are run, and the test command.

mod documents;
#[cfg(unix)]
mod test_command;
mod worlds;
