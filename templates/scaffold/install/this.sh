target=$RUNNER_TEMP/target
if [ ! -x "$target/release/mcp-static" ]; then cargo build --locked --release --target-dir "$target"; fi
tool=$target/release
__ON_PATH__
