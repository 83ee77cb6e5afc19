//! pyve as its users meet it: started as a process, in a place of its own.

mod config;
mod run;
