ARG NODE_IMAGE=node:26-slim
FROM ${NODE_IMAGE} AS web
# The web client is built apart: its tools stay out of the image.
WORKDIR /srv/parlance
COPY package.json package-lock.json ./
COPY protocol/package.json protocol/
COPY sdk/package.json sdk/
COPY server/package.json server/
COPY bench/package.json bench/
COPY web/package.json web/
RUN npm ci --ignore-scripts
COPY protocol/src protocol/src
COPY sdk/src sdk/src
COPY tsconfig.json ./
COPY web web
RUN node web/build/index.ts

FROM ${NODE_IMAGE}
WORKDIR /srv/parlance
ENV NODE_ENV=production
# Reachable from outside the container; the operator decides which ports are published.
ENV HOST=0.0.0.0 ROOMS_TCP_HOST=0.0.0.0 DATABASE_URL=file:/data/parlance.db FILES_DIR=/data/files
# All that is written lies in /data, compiled code too: the rest may be read-only (docker run --read-only).
ENV XDG_CACHE_HOME=/data/cache

COPY package.json package-lock.json ./
COPY protocol/package.json protocol/
COPY sdk/package.json sdk/
COPY server/package.json server/
COPY bench/package.json bench/
COPY web/package.json web/
# The optional packages are the pinned Node, which this image is.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

COPY protocol/src protocol/src
COPY server/src server/src
COPY --from=web /srv/parlance/web/dist web/dist

RUN mkdir /data && chown node:node /data
USER node
EXPOSE 8000 2004
# Alive: an orchestrator that restarts a node because its database is away helps nobody. The balancer asks /readyz.
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --start-interval=1s \
  CMD ["node", "server/src/hosting/health-check.js"]
CMD ["node", "server/src/main.js", "start"]
