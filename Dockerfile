# The processes of a cluster: `docker build --target sync .` and `docker build --target gateway .`.
# The services run as TypeScript, which Node strips of its types: only the web app is built.

FROM node:24-bookworm-slim AS base
WORKDIR /app

# What npm reads, and nothing else, so that packages are installed again only when that has changed. It wants to see
# every workspace, whichever it installs.
FROM base AS manifests
COPY . /source
RUN cd /source && find . -name package.json -o -name package-lock.json | xargs cp --parents --target-directory /app

FROM base AS packages
COPY --from=manifests /app .

FROM packages AS sync-packages
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --ignore-scripts --no-audit --no-fund --workspace @syncline/sync

FROM packages AS gateway-packages
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --ignore-scripts --no-audit --no-fund --workspace @syncline/gateway

FROM packages AS web
RUN --mount=type=cache,target=/root/.npm \
    npm ci --ignore-scripts --no-audit --no-fund --workspace @syncline/web
COPY services/shared services/shared
COPY tsconfig.base.json .
COPY web web
RUN npm run build --workspace @syncline/web

FROM base AS service
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 ADMIN_PORT=9090
EXPOSE 8080 9090
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# By number: Kubernetes can see that it is not root.
USER 1000:1000

FROM service AS sync
COPY --from=sync-packages /app .
COPY services/shared services/shared
COPY services/sync services/sync
CMD ["node", "services/sync/src/main.ts"]

FROM service AS gateway
COPY --from=gateway-packages /app .
COPY services/shared services/shared
COPY services/gateway services/gateway
COPY --from=web /app/web/dist web/dist
CMD ["node", "services/gateway/src/main.ts"]
