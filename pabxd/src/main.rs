//! `pabxd`: see the crate documentation.

fn main() -> std::process::ExitCode {
    pabxd::cli::run(std::env::args_os().skip(1))
}
