/** One style for the whole repository; what is generated is left as its generator wrote it. */
export default { printWidth: 120, singleQuote: true, trailingComma: 'all' };
