/** Loaded before the function: Google's keys come from the environment, every other address is asked as usual. */
const real = globalThis.fetch;
globalThis.fetch = (url, init) =>
  String(url) === "https://www.googleapis.com/oauth2/v3/certs"
    ? Promise.resolve(new Response(process.env.TEST_GOOGLE_KEYS, { headers: { "content-type": "application/json" } }))
    : real(url, init);
