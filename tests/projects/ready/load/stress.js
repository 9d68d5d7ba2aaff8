// Up to five times the expected traffic, to see what gives first and whether it comes back. `k6 run load/stress.js`
import http from "k6/http";

export { setup } from "./parcels.js";

export const options = {
  scenarios: {
    stress: {
      executor: "ramping-arrival-rate",
      startRate: 500,
      timeUnit: "1s",
      preAllocatedVUs: 2000,
      stages: [
        { target: 6000, duration: "10m" },
        { target: 6000, duration: "5m" },
        { target: 500, duration: "5m" },
      ],
    },
  },
};

export default function ({ id }) {
  http.get(`${__ENV.BASE_URL}/v1/parcels/${id}`, { headers: { Authorization: `Bearer ${__ENV.TOKEN}` } });
}
