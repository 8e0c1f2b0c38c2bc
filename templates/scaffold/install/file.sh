if [ -z "${MCP_STATIC_URL:-}" ] || [ -z "${MCP_STATIC_SHA256:-}" ]; then echo "__ERROR__Set the variables MCP_STATIC_URL (https address of mcp-static or of its .tar.gz) and MCP_STATIC_SHA256 (what 'sha256sum mcp-static' prints for that file)"; exit 2; fi
tool=__TOOL__ && mkdir -p "$tool"
curl --fail --silent --show-error --location --proto '=https' --retry 3 --max-time 300 --output "$tool/download" "$MCP_STATIC_URL"
echo "$MCP_STATIC_SHA256  $tool/download" | sha256sum --check --quiet
case $MCP_STATIC_URL in
  *.tar.gz) tar --extract --gzip --file "$tool/download" --directory "$tool" --strip-components=1 --wildcards '*/mcp-static' ;;
  *) mv "$tool/download" "$tool/mcp-static" && chmod 755 "$tool/mcp-static" ;;
esac
__ON_PATH__
