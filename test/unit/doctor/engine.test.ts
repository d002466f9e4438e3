import { expect, test } from "vitest";
import { remedyFor } from "../../../src/doctor/engine.ts";
import { engineError } from "../../../src/engine/docker/docker-error.ts";

const failure = (code: string) => engineError({ syscall: "connect", address: "/var/run/docker.sock", code });

test("who may not use the engine's socket is told who may, and not to look at the engine", () => {
  const remedy = "it is for root and the group docker: sudo svc doctor, or join that group";
  expect(remedyFor(failure("EACCES"), undefined)).toBe(remedy);
});

test("an engine that DOCKER_HOST names is looked for there", () => {
  expect(remedyFor(failure("ECONNREFUSED"), "tcp://127.0.0.1:1")).toBe(
    "DOCKER_HOST names it: tcp://127.0.0.1:1; see that an engine listens there, or unset DOCKER_HOST for the one of this host",
  );
});

test("of a host with several addresses, none of which answers, one is named", () => {
  const refused = { syscall: "connect", address: "::1", port: 1, code: "ECONNREFUSED" };
  const all = Object.assign(new AggregateError([refused, { ...refused, address: "127.0.0.1" }]), {
    code: "ECONNREFUSED",
  });
  expect(engineError(all)).toMatchObject({ kind: "away", message: "no engine answers at ::1:1 (ECONNREFUSED)" });
});

test("the engine of this host is systemd's", () => {
  expect(remedyFor(failure("ENOENT"), undefined)).toBe("systemctl status docker; journalctl -u docker -n 50");
});
