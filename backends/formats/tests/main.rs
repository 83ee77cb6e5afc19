//! The field's files as the tools themselves read them: each is asked, and compared with.

#![cfg(unix)]

mod as_conda_lock;
mod as_pip;
mod as_rattler;
