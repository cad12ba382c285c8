# syntax=docker/dockerfile:1
FROM node:24-bookworm-slim AS build
WORKDIR /busbar
COPY package.json package-lock.json ./
COPY packages/ocpp/package.json packages/ocpp/
COPY packages/station/package.json packages/station/
COPY packages/gateway/package.json packages/gateway/
COPY packages/dashboard/package.json packages/dashboard/
RUN npm ci --ignore-scripts
COPY . .
RUN npm run prepare && npm prune --omit=dev --omit=optional --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production BUSBAR_DATA=/data
RUN mkdir /data && chown node:node /data && ln -s /busbar/packages/gateway/bin/busbar.cjs /usr/local/bin/busbar
WORKDIR /busbar
COPY --from=build /busbar/package.json /busbar/LICENSE /busbar/NOTICE ./
COPY --from=build /busbar/node_modules node_modules
COPY --from=build /busbar/packages packages
COPY --from=build /busbar/build build
USER node
VOLUME /data
EXPOSE 8080 9000
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["busbar"]
CMD ["serve"]
