// Serves aimock's imitation of fal on a free port, which is printed: every request makes the film at the URL given.
import { LLMock } from "@copilotkit/aimock";

const mock = new LLMock({ port: 0, falQueue: { pollsBeforeInProgress: 1, pollsBeforeCompleted: 3 } });
mock.onFalQueue(/./, { video: { url: process.argv[2], content_type: "video/mp4", file_name: "output.mp4" } });
await mock.start();
console.log(mock.port);
// It ends with whoever started it.
process.stdin.on("end", () => process.exit()).resume();
