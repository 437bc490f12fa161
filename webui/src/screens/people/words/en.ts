export default { title: "people" };
