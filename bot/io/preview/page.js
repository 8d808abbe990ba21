/* The preview page: one conversation for as long as the page is open.
 *
 * The page names itself (session) and numbers its questions, so that after a lost connection or a
 * restart of the server it can send an unanswered question again under the same name, and is never
 * answered twice. A reply is acknowledged once it is shown. All words stand in page.html.
 *
 * to the server   {"type":"hello","session"}  {"type":"question","id","text"}  {"type":"got","ack"}
 * from the server {"type":"hello","clinic","articles","examples"}  {"type":"reply","to",...}
 *                 {"type":"error","what","to"?} */
"use strict";

const byId = (id) => document.getElementById(id);
const copy = (id) => byId(id).content.cloneNode(true);
const word = (list, key) =>
	document.querySelector(`[data-words="${list}"] [data-word="${CSS.escape(key)}"]`)?.textContent ?? key;

const session = crypto.randomUUID();
const questions = new Map(); /* id -> {text, node, state, answered, timer} */
const shown = new Set(); /* pieces of replies on the page, by name */
let nextQuestion = 1;

/* --- the connection ----------------------------------------------------------------------- */

const WAIT_MIN_MS = 400;
const WAIT_MAX_MS = 5000;
const WAITING_MS = 700; /* only then is waiting worth a word */
const SILENT_MS = 25000; /* only then is asking again worth offering */

let socket = null;
let ready = false; /* the server has said hello */
let wait = WAIT_MIN_MS;
let again = 0;

function connect() {
	clearTimeout(again);
	const url = new URL("/chat", location.href);
	url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
	const mine = new WebSocket(url);
	socket = mine;
	mine.onopen = () => say({ type: "hello", session });
	mine.onmessage = (event) => receive(JSON.parse(event.data));
	mine.onclose = () => {
		if (socket !== mine)
			return;
		socket = null;
		ready = false;
		document.body.dataset.link = "reconnecting";
		for (const question of questions.values())
			if (!question.answered)
				setState(question, "t-unsent");
		again = setTimeout(connect, wait * (0.75 + Math.random() / 2));
		wait = Math.min(wait * 1.6, WAIT_MAX_MS);
	};
}

function say(frame) {
	if (socket && socket.readyState === WebSocket.OPEN)
		socket.send(JSON.stringify(frame));
}

function receive(frame) {
	if (frame.type === "hello")
		greet(frame);
	else if (frame.type === "reply")
		showReply(frame);
	else if (frame.type === "error")
		showError(frame);
}

function greet(frame) {
	ready = true;
	wait = WAIT_MIN_MS;
	document.body.dataset.link = "connected";
	const articles = frame.articles.map((article) => article.title);
	byId("clinic").textContent = frame.clinic || byId("clinic").textContent;
	byId("articles").textContent = articles.join(", ");
	showExamples(frame.examples);
	for (const [id, question] of questions)
		if (!question.answered)
			sendQuestion(id, question);
}

/* --- questions ----------------------------------------------------------------------------- */

function ask(text) {
	const id = String(nextQuestion++);
	const parts = copy("t-mine");
	const node = parts.firstElementChild;
	stamp(node);
	node.querySelector(".text").textContent = text;
	byId("start").hidden = true;
	for (const picks of document.querySelectorAll(".picks"))
		picks.hidden = true; /* a number now means the topics of the next reply */
	byId("log").append(parts);
	toEnd(node);
	const question = { text, node, state: node.querySelector(".state"), answered: false, timer: 0 };
	questions.set(id, question);
	sendQuestion(id, question);
}

function sendQuestion(id, question) {
	if (!ready) {
		setState(question, "t-unsent");
		return;
	}
	setState(question, null);
	say({ type: "question", id, text: question.text });
	question.timer = setTimeout(() => {
		setState(question, "t-waiting");
		question.timer = setTimeout(() => {
			setState(question, "t-silent");
			question.state.querySelector("button").onclick = () => askAgain(id, question);
		}, SILENT_MS);
	}, WAITING_MS);
}

/* Under a new name: the server may have given the old one up. */
function askAgain(id, question) {
	questions.delete(id);
	const renamed = String(nextQuestion++);
	questions.set(renamed, question);
	byId("question").focus();
	sendQuestion(renamed, question);
}

function setState(question, template) {
	clearTimeout(question.timer);
	if (template)
		question.state.replaceChildren(copy(template));
	else
		question.state.replaceChildren();
}

function showError(frame) {
	const question = frame.to && questions.get(frame.to);
	if (!question) {
		problem(frame.what);
		return;
	}
	question.answered = true;
	setState(question, null);
	question.state.textContent = word("problem", frame.what);
}

/* --- replies ------------------------------------------------------------------------------- */

function showReply(frame) {
	const name = JSON.stringify([frame.to, frame.name, frame.piece]);
	if (!shown.has(name)) {
		shown.add(name);
		const question = questions.get(frame.to);
		if (question) {
			question.answered = true;
			setState(question, null);
		}
		const parts = copy("t-reply");
		const node = parts.firstElementChild;
		fillReply(node, frame, question ? question.text : "");
		byId("start").hidden = true;
		byId("log").append(parts);
		toEnd(node);
	}
	say({ type: "got", ack: frame.ack });
}

function fillReply(node, frame, asked) {
	stamp(node);
	if (frame.lang)
		node.querySelector(".text").lang = frame.lang;
	node.querySelector(".text").append(safeCopy(frame.html));
	if (frame.kind === "urgent") {
		node.classList.add("urgent");
		const alarm = node.querySelector(".alarm");
		alarm.lastElementChild.textContent = word("alarm", frame.level);
		alarm.hidden = false;
	}
	if (frame.piece > 0) {
		node.querySelector(".tools").remove();
		node.querySelector(".picks").remove();
		return;
	}
	fillPicks(node.querySelector(".picks"), frame.passages.filter((passage) => passage.topic));
	const button = node.querySelector(".ask-why");
	const why = { frame, asked, button };
	button.onclick = () => {
		openWhy();
		explain(why);
		if (!besideChat.matches)
			byId("why-title").focus();
	};
	explain(why);
}

function fillPicks(picks, offered) {
	offered.forEach((passage, i) => {
		const parts = copy("t-pick");
		const button = parts.firstElementChild;
		button.querySelector(".number").textContent = String(i + 1);
		button.querySelector(".topic").textContent = `: ${passage.topic}`;
		button.onclick = () => {
			ask(String(i + 1));
			byId("question").focus();
		};
		picks.append(parts);
	});
	picks.hidden = offered.length === 0;
}

/* The reply's markup, built anew from the few elements that a reply may hold. The parser makes an
 * inert document: nothing in it is loaded or run. */
const KEPT = new Set(["P", "UL", "OL", "LI", "EM", "STRONG", "BR", "HR", "CODE", "BLOCKQUOTE"]);
const policy = window.trustedTypes
	? trustedTypes.createPolicy("reply", { createHTML: (html) => html })
	: { createHTML: (html) => html };

function safeCopy(html) {
	const from = new DOMParser().parseFromString(policy.createHTML(html), "text/html").body;
	const to = document.createDocumentFragment();
	copyChildren(from, to);
	return to;
}

function copyChildren(from, to) {
	for (const child of from.childNodes) {
		if (child.nodeType === Node.TEXT_NODE)
			to.append(child.data);
		else if (child.nodeType === Node.ELEMENT_NODE)
			copyElement(child, to);
	}
}

function copyElement(from, to) {
	if (from.tagName === "SCRIPT" || from.tagName === "STYLE")
		return;
	const made = emptyCopy(from);
	copyChildren(from, made ?? to);
	if (made)
		to.append(made);
}

function emptyCopy(from) {
	if (/^H[1-6]$/.test(from.tagName))
		return Object.assign(document.createElement("p"), { className: "heading" });
	if (from.tagName === "A" && /^(https?:|tel:|mailto:)/i.test(from.getAttribute("href") ?? "")) {
		const link = document.createElement("a");
		link.href = from.getAttribute("href");
		link.rel = "noopener noreferrer";
		link.target = "_blank";
		return link;
	}
	if (!KEPT.has(from.tagName))
		return null;
	const made = document.createElement(from.tagName);
	const start = Number(from.getAttribute("start"));
	if (made.tagName === "OL" && Number.isInteger(start) && start > 1)
		made.start = start;
	return made;
}

function stamp(node) {
	const time = node.querySelector("time");
	const now = new Date();
	time.dateTime = now.toISOString();
	time.textContent = now.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

/* Brings a message into view: its end, or its beginning when it is longer than what can be seen. */
function toEnd(node) {
	const room = Math.min(byId("log").clientHeight, window.innerHeight);
	node.scrollIntoView({ block: node.offsetHeight > room ? "start" : "end" });
}

/* --- examples ------------------------------------------------------------------------------ */

function showExamples(examples) {
	const list = byId("examples").querySelector("ul");
	list.replaceChildren(
		...examples.map((text) => {
			const parts = copy("t-example");
			const button = parts.querySelector("button");
			button.textContent = text;
			button.onclick = () => {
				ask(text);
				byId("question").focus();
			};
			return parts;
		}),
	);
	byId("examples").hidden = examples.length === 0;
}

/* --- why this answer ----------------------------------------------------------------------- */

const besideChat = matchMedia("(min-width: 56rem)");
let explained = null;

function openWhy() {
	byId("why").hidden = false;
	byId("toggle").setAttribute("aria-expanded", "true");
}

function closeWhy() {
	byId("why").hidden = true;
	byId("toggle").setAttribute("aria-expanded", "false");
}

function explain(why) {
	explained?.button.setAttribute("aria-pressed", "false");
	explained = why;
	why.button.setAttribute("aria-pressed", "true");
	const parts = copy("t-why");
	const { frame } = why;
	fact(parts, "question", why.asked);
	fact(parts, "kind", word("kind", frame.kind));
	fact(parts, "level", frame.level && word("level", frame.level));
	fact(parts, "article", frame.article);
	fact(parts, "version", frame.version);
	const most = Math.max(0, ...[...frame.passages, ...frame.considered].map((passage) => passage.score ?? 0));
	listPassages(parts.querySelector('[data-list="passages"]'), frame.passages, most);
	const given = new Set(frame.passages.map((passage) => passage.id));
	const others = frame.considered.filter((passage) => !given.has(passage.id));
	listPassages(parts.querySelector('[data-list="considered"]'), others, most);
	parts.querySelector('[data-list="none"]').hidden = frame.passages.length + others.length > 0;
	parts.querySelector('[data-list="scores"]').hidden = most === 0;
	byId("why-empty").hidden = true;
	byId("why-body").replaceChildren(parts);
}

function fact(parts, name, text) {
	parts.querySelector(`[data-fact="${name}"]`).textContent = text || "–";
	const line = parts.querySelector(`[data-if="${name}"]`);
	if (line)
		line.hidden = !text;
}

function listPassages(block, passages, most) {
	for (const passage of passages) {
		const parts = copy("t-passage");
		parts.querySelector(".id").textContent = passage.id;
		parts.querySelector(".section").textContent = passage.section;
		const bar = parts.querySelector(".bar");
		if (typeof passage.score === "number") {
			parts.querySelector(".score").textContent = passage.score.toFixed(2);
			const part = most > 0 ? Math.max(0, passage.score / most) : 0;
			bar.firstElementChild.style.setProperty("--part", String(part));
		} else {
			bar.remove();
		}
		block.querySelector("ol").append(parts);
	}
	block.hidden = passages.length === 0;
}

/* --- writing ------------------------------------------------------------------------------- */

const QUESTION_BYTES_MAX = 12000; /* the bot asks to shorten far shorter ones; a frame holds 16 KiB */

function problem(what) {
	byId("problem").textContent = what ? word("problem", what) : "";
	byId("question").toggleAttribute("aria-invalid", false);
	if (what === "too-long")
		byId("question").setAttribute("aria-invalid", "true");
}

function submit(event) {
	event.preventDefault();
	const field = byId("question");
	const text = field.value.trim();
	field.focus();
	if (!text)
		return;
	if (new TextEncoder().encode(JSON.stringify(text)).length > QUESTION_BYTES_MAX) {
		problem("too-long");
		return;
	}
	problem("");
	field.value = "";
	fitField();
	ask(text);
}

/* For browsers without `field-sizing`. */
function fitField() {
	const field = byId("question");
	field.rows = Math.min(5, field.value.split("\n").length);
}

byId("form").addEventListener("submit", submit);
byId("question").addEventListener("input", () => {
	fitField();
	problem("");
});
byId("question").addEventListener("keydown", (event) => {
	/* isComposing: Enter then ends a word of an input method. */
	if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
		event.preventDefault();
		byId("form").requestSubmit();
	}
});
byId("toggle").addEventListener("click", () => {
	if (byId("why").hidden) {
		openWhy();
		if (!besideChat.matches)
			byId("why-title").focus();
	} else {
		closeWhy();
	}
});
byId("back").addEventListener("click", () => {
	byId("question").focus();
});
addEventListener("online", () => {
	if (!socket)
		connect();
});

if (besideChat.matches)
	openWhy();
byId("question").focus();
connect();
