//! The binary as users meet it.

mod config;
