/* What tests look for in the page. An expression: an object of functions. */
({
	shown(element) {
		const style = getComputedStyle(element);
		const box = element.getBoundingClientRect();
		return style.visibility === "visible" && box.width > 1 && box.height > 1 &&
			!element.closest(".unseen, [hidden]");
	},

	/* Colours: [red, green, blue, alpha], 0 to 255 and 0 to 1. */
	colour(text) {
		const canvas = this.canvas ??= document.createElement("canvas").getContext("2d",
			{ willReadFrequently: true });
		canvas.clearRect(0, 0, 1, 1);
		canvas.fillStyle = text;
		canvas.fillRect(0, 0, 1, 1);
		const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
		return [r, g, b, a / 255];
	},

	over(front, back) {
		return [0, 1, 2].map((i) => front[i] * front[3] + back[i] * (1 - front[3])).concat(1);
	},

	ground(element) {
		const layers = [];
		for (let at = element; at; at = at.parentElement) {
			const colour = this.colour(getComputedStyle(at).backgroundColor);
			layers.push(colour);
			if (colour[3] === 1)
				break;
		}
		return layers.reverse().reduce((back, front) => this.over(front, back), [255, 255, 255, 1]);
	},

	/* WCAG 2: relative luminance and contrast ratio. */
	luminance(colour) {
		const [r, g, b] = colour.slice(0, 3).map((value) => {
			const part = value / 255;
			return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
		});
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	},

	ratio(a, b) {
		const [low, high] = [this.luminance(a), this.luminance(b)].sort((x, y) => x - y);
		return (high + 0.05) / (low + 0.05);
	},

	name(element) {
		return `${element.tagName.toLowerCase()}${element.id && "#" + element.id}` +
			`${element.className && typeof element.className === "string" ? "." + element.className : ""}`;
	},

	/* Text whose contrast is below AA, and how many texts were looked at. */
	faintText() {
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		const faint = [];
		let seen = 0;
		for (let node = walker.nextNode(); node; node = walker.nextNode()) {
			const element = node.parentElement;
			if (!node.data.trim() || !this.shown(element) || element.closest(".skip, noscript"))
				continue;
			seen++;
			const style = getComputedStyle(element);
			const size = parseFloat(style.fontSize);
			const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
			const back = this.ground(element);
			const ratio = this.ratio(this.over(this.colour(style.color), back), back);
			if (ratio < (large ? 3 : 4.5))
				faint.push(`${this.name(element)} ${ratio.toFixed(2)}: ${node.data.trim().slice(0, 30)}`);
		}
		return { seen, faint };
	},

	/* Controls whose edge is below 3 to 1 against what is around them, and have no ground of
	 * their own that is above. */
	faintControls() {
		const faint = [];
		for (const element of document.querySelectorAll("textarea, button")) {
			if (!this.shown(element) || element.closest(".tools"))
				continue;
			const around = this.ground(element.parentElement);
			const edge = this.over(this.colour(getComputedStyle(element).borderTopColor), around);
			const fill = this.ground(element);
			if (Math.max(this.ratio(edge, around), this.ratio(fill, around)) < 3)
				faint.push(this.name(element));
		}
		return faint;
	},

	/* Elements that stick out of the window to the right. */
	tooWide() {
		const width = document.documentElement.clientWidth;
		const wide = [...document.body.querySelectorAll("*")]
			.filter((element) => this.shown(element) && element.getBoundingClientRect().right > width + 0.5)
			.map((element) => this.name(element));
		if (document.documentElement.scrollWidth > width)
			wide.push(`the page: ${document.documentElement.scrollWidth} of ${width}`);
		return wide;
	},

	/* Controls smaller than 24 by 24 (WCAG 2.2, 2.5.8). */
	tooSmall() {
		return [...document.querySelectorAll("button, textarea")]
			.filter((element) => this.shown(element))
			.filter((element) => {
				const box = element.getBoundingClientRect();
				return box.width < 24 || box.height < 24;
			})
			.map((element) => this.name(element));
	},

	focused() {
		const element = document.activeElement;
		const style = getComputedStyle(element);
		return {
			name: element === document.body ? "" : this.name(element),
			ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
		};
	},

	focusable() {
		return [...document.querySelectorAll("a[href], button, textarea, [tabindex='0']")]
			.filter((element) => element.matches(".skip") || this.shown(element))
			.map((element) => this.name(element));
	},
})
