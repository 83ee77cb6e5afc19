//! pyve as its users meet it: started as a process, in a place of its own.

mod run;
//! The binary as users meet it.
mod config;
