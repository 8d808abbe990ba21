// nlp.js at the task of intents.c, with the same lines on standard output:
//
//     node intents_nlpjs.js MODULES TRAIN TEST [OUT_OF_SCOPE]
//
// MODULES is the node_modules folder that holds node-nlp. Its intent "None" is passed over, so that every
// text gets the intent it is most like; the score is that intent's less None's, which ranks texts out of
// scope better than either alone, and better than without the None feature.
'use strict';
const fs = require('fs');
const path = require('path');

const [modules, train, test, oos] = process.argv.slice(2);
const { NlpManager } = require(path.join(path.resolve(modules), 'node-nlp'));

function read(file) {
	return fs.readFileSync(file, 'utf8').split('\n').filter((line) => line !== '')
		.map((line) => [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)]);
}

function seconds(since) {
	const used = process.cpuUsage(since);
	return (used.user + used.system) / 1e6;
}

async function judge(manager, part, file) {
	const verdicts = [];
	const start = process.cpuUsage();
	for (const [, text] of read(file)) {
		const all = (await manager.process('en', text)).classifications;
		const none = all.find((c) => c.intent === 'None') || { score: 0 };
		const best = all.find((c) => c.intent !== 'None') || { intent: 'None', score: 0 };
		verdicts.push({ intent: best.intent, score: best.score - none.score });
	}
	const took = seconds(start);
	for (const verdict of verdicts)
		console.log(`${part}\t${verdict.intent}\t${verdict.score}`);
	return took / verdicts.length;
}

async function main() {
	const manager = new NlpManager({
		languages: ['en'], autoSave: false, forceNER: false, nlu: { log: false, useNoneFeature: true },
	});
	const start = process.cpuUsage();
	for (const [label, text] of read(train))
		manager.addDocument('en', text, label);
	await manager.train();
	console.log(`cost\ttrain\t${seconds(start)}`);
	console.log(`cost\task\t${await judge(manager, 'test', test)}`);
	if (oos)
		await judge(manager, 'oos', oos);
}

main();
