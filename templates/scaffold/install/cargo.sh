tool=__CARGO_ROOT__
if [ ! -x "$tool/bin/mcp-static" ]; then cargo install mcp-static __CRATE__ --locked --root "$tool"; fi
tool=$tool/bin
__ON_PATH__
