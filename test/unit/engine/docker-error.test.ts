import { expect, test } from "vitest";
import { engineError } from "../../../src/engine/docker/docker-error.ts";

test.each([
  [409, 'Conflict. The container name "/web" is already in use by container "1"', "name-in-use"],
  [409, "removal of container web is already in progress", "busy"],
  [404, "No such image: web:1", "no-such-image"],
  [404, "No such container: web", "no-such-container"],
  [400, 'OCI runtime create failed: exec: "serve": executable file not found in $PATH: unknown', "no-such-program"],
  [400, 'OCI runtime create failed: exec: "/serve": stat /serve: no such file or directory', "no-such-program"],
  [400, 'OCI runtime create failed: exec: "/etc": is a directory', "not-a-program"],
  [400, 'OCI runtime create failed: exec: "/etc/passwd": permission denied', "not-a-program"],
  [
    500,
    "driver failed programming external connectivity: Bind for :::80 failed: port is already allocated",
    "port-taken",
  ],
  [500, "listen tcp4 0.0.0.0:80: bind: address already in use", "port-taken"],
  [400, "invalid reference format", "refused"],
])("%i %s", (statusCode, message, kind) => {
  expect(engineError({ statusCode, json: { message } })).toMatchObject({ kind, message, about: null });
});

test.each([
  "Cannot link to a non running container: /postfix AS /web/mail",
  "could not get container for postfix: No such container: postfix",
])("%s", (message) => {
  expect(engineError({ statusCode: 500, json: { message } })).toMatchObject({ kind: "link-down", about: "postfix" });
});
