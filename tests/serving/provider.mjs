// A real OpenID provider for the tests: two kinds of people, whose names are their passwords' equals.
//   node provider.mjs FOLDER-OF-THE-LIBRARY PORT CALLBACK SIGNED-OUT
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, port, callback, signedOut] = process.argv.slice(2);
const { Provider } = await import(pathToFileURL(createRequire(`${folder}/`).resolve("oidc-provider")).href);

const staff = { olga: "privacy_officer", axel: "auditor", omar: "operator", eve: "superuser" };

function account(id) {
  const claims = { sub: id, name: id in staff ? `${id} of the staff` : `Member ${id}` };
  if (id in staff) claims.assent_role = staff[id];
  return { accountId: id, claims: () => claims };
}

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "assent",
      client_secret: "a secret of the tests: /+&=?",
      redirect_uris: [callback],
      post_logout_redirect_uris: [signedOut],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  findAccount: (_context, id) => account(id),
  claims: { openid: ["sub"], profile: ["name", "assent_role"] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  cookies: { keys: ["tests"] },
  ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 300, Interaction: 600, Session: 600, Grant: 600 },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
