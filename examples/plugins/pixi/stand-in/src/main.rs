//! The stand-in as a program of its own, which must be called `pixi`.

fn main() -> std::process::ExitCode {
    pyve_standin_pixi::program::main()
}
