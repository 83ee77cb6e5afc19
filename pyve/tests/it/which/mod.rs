//! Which project is meant, and whose home it is that pyve keeps its own things in.

mod homes;
mod machine;
mod nested;
mod others;
