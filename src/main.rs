//! The `mcp-static` program: parse, run, exit status.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    mcp_static::internals::cli::main(std::env::args_os())
}
