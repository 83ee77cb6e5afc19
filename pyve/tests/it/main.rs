//! The whole of pyve, as its users meet it.

mod plugins;
