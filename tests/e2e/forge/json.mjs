// GitHub's packages import JSON in the way of bundlers; node wants the type said.
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  return specifier.endsWith(".json") ? { ...found, importAttributes: { type: "json" } } : found;
}
