// nginx with TLS in front of everything, on the very files of `examples/nginx`.

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, start } from "./processes.mjs";

const EXAMPLE = join(ROOT, "examples/nginx");

/**
 * `servers` are `{ name, port }` of what else has a name: providers. `apps` are slugs beside `console`: each gets the
 * example's server of the console under its own name, before the same application.
 */
export async function start_nginx(folder, certificates, { servers = [], apps = [] }) {
  mkdirSync(join(folder, "nginx"));
  writeFileSync(join(folder, "nginx.conf"), `
    daemon off; master_process off; user root; pid ${folder}/nginx/pid; error_log ${folder}/nginx/error.log;
    events {}
    http {
        access_log off;
        client_body_temp_path ${folder}/nginx/body; proxy_temp_path ${folder}/nginx/proxy; fastcgi_temp_path ${folder}/nginx/f;
        uwsgi_temp_path ${folder}/nginx/u; scgi_temp_path ${folder}/nginx/s;
        proxy_buffer_size 16k; proxy_buffers 8 16k;
        ssl_certificate ${certificates.certificate}; ssl_certificate_key ${certificates.key};
        include gatewright.conf;
        ${servers.map(server).join("\n")}
        ${apps.map(app_server).join("\n")}
    }`);
  // Where nginx looks for includes: beside the main file.
  for (const file of readdirSync(EXAMPLE)) cpSync(join(EXAMPLE, file), join(folder, file));
  return start("nginx", ["-p", folder, "-c", join(folder, "nginx.conf")], { listening: 443 });
}

const server = ({ name, port }) => `
    server {
        listen 443 ssl;
        server_name ${name};
        location / {
            proxy_pass http://127.0.0.1:${port};
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-Proto https;
            proxy_set_header X-Forwarded-For $remote_addr;
        }
    }`;

function app_server(app) {
  const example = readFileSync(join(EXAMPLE, "gatewright.conf"), "utf8");
  return example.slice(example.lastIndexOf("\nserver {")).replaceAll("console", app);
}
