import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { equalFacts } from "../../../test/wire/equal-facts.ts";
import { text } from "../../../test/wire/messages.ts";
import { parserNeverThrows } from "../../../test/wire/parser-properties.ts";
import { serverAnswers } from "../../../test/wire/server-answers.ts";
import { parseHttpAnswer, redirectsToTls, serverProduct, titleOf, wantsTls } from "./server.ts";

describe("parseHttpAnswer", () =>
  parserNeverThrows((bytes) => parseHttpAnswer(bytes, true), serverAnswers.parseHttpAnswer));

test("an HTTP body is joined from chunks, and ends with the connection if no length is given", () => {
  const chunked = parseHttpAnswer(
    text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
    false,
  );
  assert.ok(chunked.kind === "match" && chunked.complete && Buffer.from(chunked.value.body).toString() === "abcde");
  const open = text("HTTP/1.0 200 OK\r\n\r\nabc");
  const going = parseHttpAnswer(open, false);
  assert.ok(going.kind === "match" && !going.complete);
  const over = parseHttpAnswer(open, true);
  assert.ok(over.kind === "match" && over.complete);
});

test("a complaint about plain HTTP, and a redirect to TLS on the same port, are distinguished from pages", () => {
  const answer = (content: string) => {
    const outcome = parseHttpAnswer(text(content), true);
    assert.ok(outcome.kind === "match");
    return outcome.value;
  };
  const complaint = "<h1>Error - Document follows</h1><p>This web server is running in SSL mode. Try the URL</p>";
  assert.ok(wantsTls(answer(`HTTP/1.0 200 Document follows\r\n\r\n${complaint}`)));
  assert.ok(!wantsTls(answer(`HTTP/1.0 200 OK\r\n\r\n${complaint}${"A long page. ".repeat(400)}`)));
  assert.ok(!wantsTls(answer("HTTP/1.1 400 Bad Request\r\n\r\nno")));
  const redirect = (location: string, status = 301) =>
    answer(`HTTP/1.1 ${status} Moved\r\nLocation: ${location}\r\n\r\n`);
  assert.ok(redirectsToTls(redirect("https://host:8443/x"), 8443));
  assert.ok(redirectsToTls(redirect("https://host/"), 443));
  assert.ok(!redirectsToTls(redirect("https://host/"), 8080));
  assert.ok(!redirectsToTls(redirect("http://host:8443/"), 8443));
  assert.ok(!redirectsToTls(redirect("/login"), 443));
  assert.ok(!redirectsToTls(redirect("https://host:8443/", 200), 8443));
});

test("names are read from servers and titles", () => {
  equalFacts(serverProduct("nginx/1.22.1"), { product: "nginx", version: "1.22.1" });
  equalFacts(serverProduct("Apache/2.4.57 (Debian)"), { product: "Apache", version: "2.4.57" });
  equalFacts(serverProduct("Jetty(9.4.43.v20210629)"), { product: "Jetty", version: "9.4.43.v20210629" });
  equalFacts(serverProduct("cloudflare"), { product: "cloudflare" });
  const miniDlna = { product: "MiniDLNA", version: "1.3.0" };
  equalFacts(serverProduct("Debian DLNADOC/1.50 UPnP/1.0 MiniDLNA/1.3.0"), miniDlna);
  equalFacts(serverProduct("Linux/4.9, UPnP/1.0, Portable SDK for UPnP devices/1.6.19"), {
    product: "Portable SDK for UPnP devices",
    version: "1.6.19",
  });
  equalFacts(serverProduct("Linux, WEBACCESS/1.0, DIR-850L Ver 1.10WW"), {
    product: "WEBACCESS",
    version: "1.0",
  });
  for (const nobody of ["Debian", "Linux/5.10 Unspecified", "Ubuntu/22.04 UPnP/1.1", ""])
    assert.equal(serverProduct(nobody).version, undefined, nobody);
  equalFacts(serverProduct("Debian"), {});
  assert.equal(titleOf(text("<html><TITLE lang=en>\n A  page </title>")), "A page");
});
