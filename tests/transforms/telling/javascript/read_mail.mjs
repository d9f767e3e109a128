// What a JavaScript mail reader makes of the messages in a folder: one JSON object a file, in the order of their names.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import PostalMime from "postal-mime";

const folder = process.argv[2];
const read = [];
for (const name of readdirSync(folder).sort()) {
  const mail = await PostalMime.parse(readFileSync(join(folder, name)));
  read.push({
    subject: mail.subject,
    from: mail.from,
    to: mail.to,
    number: mail.messageId,
    text: mail.text,
    files: mail.attachments.map((one) => [one.filename, new TextDecoder().decode(one.content)]),
  });
}
console.log(JSON.stringify(read));
