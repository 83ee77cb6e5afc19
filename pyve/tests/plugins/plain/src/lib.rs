//! A library that is no plugin at all.

#[unsafe(no_mangle)]
pub extern "C" fn answer() -> i32 {
    42
}
