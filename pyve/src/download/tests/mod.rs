//! What a download does against real servers on this computer: after each, the right file or nothing.

mod addresses;
mod answers;
mod hashes;
mod network;
mod processes;
mod server;
mod stage;
mod words;
