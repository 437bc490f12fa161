export default { title: "routes" };
