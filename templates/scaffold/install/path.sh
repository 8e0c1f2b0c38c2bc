if [ ! -f "__PATH__" ]; then echo "__ERROR__There is no file __PATH__ on this runner; put mcp-static there, or run 'mcp-static init --force --tool SOURCE'"; exit 2; fi
tool=__TOOL__ && mkdir -p "$tool"
cp "__PATH__" "$tool/mcp-static" && chmod 755 "$tool/mcp-static"
#+ sum
echo "__SHA256__  $tool/mcp-static" | sha256sum --check --quiet
#-
__ON_PATH__
