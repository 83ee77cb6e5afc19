//! The contract as both sides of the boundary meet it: what is asked and answered, and how it is laid out.

mod layout;
mod questions;
