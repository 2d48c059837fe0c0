// For packages that import JSON as bundlers take it, without saying that it is JSON.

export function load(url, context, next) {
  if (!url.endsWith(".json")) return next(url, context);
  const importAttributes = { ...context.importAttributes, type: "json" };
  return next(url, { ...context, importAttributes, importAssertions: importAttributes });
}
