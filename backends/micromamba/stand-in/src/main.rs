//! The stand-in as a program of its own, which must be called `micromamba`.

fn main() -> std::process::ExitCode {
    pyve_standin_micromamba::program::main()
}
