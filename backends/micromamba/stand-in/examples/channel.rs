//! Makes the sample channel in a folder, to try things by hand: `cargo run --example channel -- DIR`.

fn main() -> std::io::Result<()> {
    let folder = std::env::args_os().nth(1).ok_or_else(|| std::io::Error::other("name a directory"))?;
    std::fs::create_dir_all(&folder)?;
    pyve_standin_micromamba::sample::channel(&std::path::absolute(folder)?).map(drop)
}
