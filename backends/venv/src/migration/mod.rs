//! Moving a project to another backend, and from one: what is asked for in pip's files, and how requirements are written there.

mod arriving;
mod asked;
mod from_lock;
mod leaving;

pub use arriving::adopted;
pub use leaving::requirements;
