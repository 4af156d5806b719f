// The public face of @oriel/zod. Every name that leaves the package stands here.
export {}
