//! Moving a project to another backend, and from one: what an environment file asks for, and how requirements are written there.

mod arriving;
mod asked;
mod from_lock;
mod leaving;
mod text;

pub use arriving::adopted;
pub use leaving::requirements;
