import { describe, expect, test } from "vitest";
import { secretOf, variablesIn } from "../../../src/unit/secrets.ts";

describe("a name tells that its value is a secret", () => {
  test.each([
    ...["DB_PASSWORD", "PGPASSWORD", "DB_PASS", "SMTP_PWD", "MYSQL_ROOT_PASSWD", "passphrase"],
    ...["SECRET_KEY", "SECRET_KEY_BASE", "STRIPE_KEY", "AWS_SECRET_ACCESS_KEY", "API_KEYS", "app-key", "apiKey"],
    ...["SECRET", "GITHUB_TOKEN", "db.credentials", "requirepass", "JWT_SIGNING_KEY", "ENCRYPTION_KEY"],
  ])("%s", (name) => {
    expect(secretOf(name, "s3cr3t")).toBe(`the value of ${name}`);
  });

  test.each([
    ...[
      "PUBLIC_KEY",
      "JWT_PUBLIC_KEY",
      "STRIPE_PUBLISHABLE_KEY",
      "RECAPTCHA_SITE_KEY",
      "GPG_KEY",
      "KEYSPACE",
      "CACHE_KEY",
    ],
    ...["RATE_LIMIT_KEY", "REDIS_KEY", "KAFKA_MESSAGE_KEY", "TRANSLATION_KEY", "com.example.key", "TLS_KEY"],
    ...["SSH_KNOWN_KEYS", "PRIMARY_KEY", "MONKEY", "COMPASS", "SECRETARY", "API_KEY_FILE", "NAME"],
  ])("not %s", (name) => {
    expect(secretOf(name, "s3cr3t")).toBe(null);
  });
});

test.each([
  ...["", "$TOKEN", "$(cat x)", "true", "null", "change me", "CHANGEME", "<your key>", "..."],
  ...["/run/secrets/x", "./keys/x.pem", "~/.ssh/id", "/key.pem", "./server.key", "certs/server.key"],
  ...["file:///run/secrets/x", "vault:secret/shop", "op://shop/stripe/key", "4096", "24h", "optional"],
])("a path, a reference, a number, a variable or what stands for a value is none: %j", (value) => {
  expect(secretOf("STRIPE_KEY", value)).toBe(null);
});

test.each([
  ["postgres://a:pw@db/x", true],
  ["redis://:pw@cache:6379/0", true],
  ["https://user:p%40ss@proxy.example", true],
  ["postgres://a@db/x", false],
  ["postgres://a:@db/x", false],
  ["postgres://a:$PASS@db/x", false],
  ["http://host:80/a@b", false],
  ["postgres://a:changeme@db/x", false],
  ["see http://a:b@c", true],
])("a password in a URL: %s", (value, isOne) => {
  expect(secretOf("DATABASE_URL", value)).toBe(isOne ? "the password in DATABASE_URL" : null);
});

test("a number may be a password, and is no other secret", () => {
  expect(
    ["DB_PASSWORD", "SMTP_PASS", "PGPWD", "MAX_TOKENS", "RESET_TOKEN"].map((name) => secretOf(name, "12345")),
  ).toEqual(["the value of DB_PASSWORD", "the value of SMTP_PASS", null, null, null]);
});

test("variables are found wherever they are set, with their values", () => {
  const text = `export A='x y' OPTS="-e B=1 --env=C=2" D="cut
E=`;
  expect(variablesIn(text).map(({ name, value }) => [name, value])).toEqual([
    ["A", "x y"],
    ["OPTS", "-e B=1 --env=C=2"],
    ["B", "1"],
    ["env", "C=2"],
    ["C", "2"],
    ["D", "cut"],
    ["E", ""],
  ]);
  const blanks = variablesIn(`"--token x" --requirepass hunter2 --port  6379 --token-file --password 'a b'`);
  expect(blanks.map(({ name, value }) => [name, value])).toEqual([
    ["token", "x"],
    ["requirepass", "hunter2"],
    ["port", "6379"],
    ["password", "a b"],
  ]);
});
