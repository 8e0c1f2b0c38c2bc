// A CloudFront function for viewer requests. Written by mcp-static; a build replaces it.
// Pages end in a slash and are stored as index.html; a raw + in a version would be read as a space.
function handler(event) {
  var request = event.request;
  request.uri = request.uri.replace(/\+/g, '%2B');
  if (request.uri.endsWith('/')) request.uri += 'index.html';
  return request;
}
